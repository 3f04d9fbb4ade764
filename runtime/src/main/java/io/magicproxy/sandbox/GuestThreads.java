package io.magicproxy.sandbox;

/** The threads that guests work on. */
final class GuestThreads {
    private static final long SMALLEST = 2 << 20;

    /** What a guest's frame takes of a Java stack at most, in the interpreter. */
    private static final long BYTES_A_FRAME = 16 << 10;

    /** Stacks are reserved, not used: what counts is how deep a guest really goes. */
    void start(GuestRun run, Runnable work) {
        Thread.ofPlatform()
                .daemon()
                .name("script-" + run.id())
                .stackSize(Math.max(SMALLEST, BYTES_A_FRAME * run.limits().stackFrames()))
                .start(work);
    }
}
