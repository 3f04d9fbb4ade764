import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * The client of the measurements of sessions: asks, and notes when each event came. Commands come by
 * standard input, one a line; each is answered with a line of JSON, times in milliseconds.
 */
final class Sessions {
    private static final String KEY = "sk-bench-master-key-0123456789";
    private static final String EVENT = "\"event_type\":\"";

    /** When it came what; in nanoseconds since the request was written. */
    private static final class Run {
        long ack;
        long step;
        long end;
        long asked;
        String last = "nothing";
        String answer = "";

        boolean answered() {
            return last.equals("FinalAnswerStreamEnd");
        }
    }

    public static void main(String[] args) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, ISO_8859_1));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] w = line.split(" ");
            int port = Integer.parseInt(w[1]);
            switch (w[0]) {
                case "burst" -> burst(port, w[2], Integer.parseInt(w[3]));
                case "paced" -> paced(port, w[2], Integer.parseInt(w[3]));
                case "many" -> many(port, w[2], Integer.parseInt(w[3]), Integer.parseInt(w[4]));
                case "cancels" -> cancels(port, Integer.parseInt(w[2]), w[3], Integer.parseInt(w[4]));
                case "saves" -> saves(port, Path.of(w[2]), w[3], Integer.parseInt(w[4]));
                default -> throw new IllegalArgumentException(line);
            }
        }
    }

    /** All at once. Tells when all have begun, then how they ended. */
    private static void burst(int port, String alias, int count) throws Exception {
        var begun = new CountDownLatch(count);
        List<Run> runs = new ArrayList<>();
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Run>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Callable<Run> one = () -> ask(port, request(alias, ""), begun);
                futures.add(threads.submit(one));
            }
            begun.await();
            System.out.printf(Locale.ROOT, "open after %.1f%n", (System.nanoTime() - start) / 1e9);
            for (var future : futures) {
                runs.add(future.get());
            }
        }
        report(runs, System.nanoTime() - start);
    }

    /** One after the other. */
    private static void paced(int port, String alias, int count) throws Exception {
        List<Run> runs = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            runs.add(ask(port, request(alias, ""), new CountDownLatch(1)));
        }
        report(runs, System.nanoTime() - start);
    }

    /** So many, with so many under way at any time. */
    private static void many(int port, String alias, int count, int atOnce) throws Exception {
        List<Run> runs = new ArrayList<>();
        var places = new Semaphore(atOnce);
        long start = System.nanoTime();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Run>> futures = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                places.acquire();
                Callable<Run> one =
                        () -> {
                            try {
                                return ask(port, request(alias, ""), new CountDownLatch(1));
                            } finally {
                                places.release();
                            }
                        };
                futures.add(threads.submit(one));
            }
            for (var future : futures) {
                runs.add(future.get());
            }
        }
        report(runs, System.nanoTime() - start);
    }

    /** Begun at one gateway, ended at another: from that wish to the event at the first. */
    private static void cancels(int port, int other, String alias, int count) throws Exception {
        double[] times = new double[count];
        for (int i = 0; i < count; i++) {
            String session = "cancel-" + System.nanoTime();
            var begun = new CountDownLatch(1);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                String request = request(alias, "").replace("{\"model_alias", "{\"session_id\":\"" + session + "\",\"model_alias");
                String body = request.substring(request.indexOf("\r\n\r\n") + 4);
                String whole = request.replaceFirst("Content-Length: \\d+", "Content-Length: " + body.length());
                Future<Run> run = threads.submit(() -> ask(port, whole, begun));
                begun.await();
                long asked = System.nanoTime();
                cancel(other, session);
                Run ended = run.get();
                if (!ended.last.equals("cancelled")) {
                    throw new IOException("a cancelled run ended with " + ended.last);
                }
                times[i] = (ended.asked + ended.end - asked) / 1e6;
            }
        }
        System.out.printf("{\"good\":%d,\"bad\":0,%s}%n", count, quantiles("cancel", times));
    }

    private static void cancel(int port, String session) throws IOException {
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            String request =
                    "POST /v1/react/sessions/" + session + "/cancel HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                            + "Content-Type: application/json\r\nAuthorization: Bearer " + KEY
                            + "\r\nContent-Length: 2\r\n\r\n{}";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            byte[] answer = socket.getInputStream().readNBytes(12);
            if (!new String(answer, ISO_8859_1).equals("HTTP/1.1 200")) {
                throw new IOException("a cancel was answered with " + new String(answer, ISO_8859_1));
            }
        }
    }

    /**
     * From the moment a pattern's file is in its place to the moment the first session on it was asked for. Sessions
     * are asked for one after the other, so a session's own time is the grain.
     */
    private static void saves(int port, Path folder, String ending, int count) throws Exception {
        double[] times = new double[count];
        String name = "saved_" + ending;
        for (int i = 0; i < count; i++) {
            String text =
                    ending.equals("py")
                            ? "def run(ctx):\n    return 'version " + i + "'\n"
                            : "export const run = () => 'version " + i + "';\n";
            Path draft = Files.writeString(folder.resolve(name + ".tmp"), text);
            Files.move(
                    draft,
                    folder.resolve(name + "." + ending),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            long saved = System.nanoTime();
            long asked;
            Run run;
            do {
                asked = System.nanoTime();
                if (asked - saved > 60_000_000_000L) {
                    throw new IOException("version " + i + " does not serve");
                }
                run = ask(port, request("quick", name), new CountDownLatch(1));
            } while (!run.answer.equals("version " + i));
            times[i] = (asked - saved) / 1e6;
        }
        System.out.printf("{\"good\":%d,\"bad\":0,%s}%n", count, quantiles("save", times));
    }

    private static String request(String alias, String pattern) {
        String mode = pattern.isEmpty() ? "" : ",\"reasoning_mode\":\"" + pattern + "\"";
        String body = "{\"model_alias\":\"" + alias + "\",\"user_query\":\"What is it?\"" + mode + "}";
        return "POST /v1/react/sessions HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nAuthorization: Bearer "
                + KEY
                + "\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private static Run ask(int port, String request, CountDownLatch begun) throws IOException {
        var run = new Run();
        try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            socket.setTcpNoDelay(true);
            long start = System.nanoTime();
            run.asked = start;
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                note(run, line, System.nanoTime() - start, begun);
            }
        }
        begun.countDown();
        return run;
    }

    private static void note(Run run, String line, long now, CountDownLatch begun) {
        int at = line.indexOf(EVENT);
        if (at < 0) {
            if (line.startsWith("HTTP/1.1 ") && !line.contains(" 200 ")) {
                run.last = line;
            }
            return;
        }
        int from = at + EVENT.length();
        run.last = line.substring(from, line.indexOf('"', from));
        run.end = now;
        switch (run.last) {
            case "worker_ack" -> run.ack = now;
            case "StepStart" -> {
                if (run.step == 0) {
                    run.step = now;
                    begun.countDown();
                }
            }
            case "FinalAnswerStreamEnd" -> {
                int text = line.indexOf("\"text\":\"") + 8;
                run.answer = line.substring(text, line.indexOf('"', text));
            }
            default -> {}
        }
    }

    private static void report(List<Run> runs, long nanos) {
        List<Run> good = runs.stream().filter(Run::answered).toList();
        runs.stream()
                .filter(run -> !run.answered())
                .map(run -> run.last)
                .distinct()
                .forEach(last -> System.err.println("bench: a run ended with " + last));
        System.out.printf(
                Locale.ROOT,
                "{\"good\":%d,\"bad\":%d,\"together\":%b,\"seconds\":%.3f,%s,%s,%s}%n",
                good.size(),
                runs.size() - good.size(),
                together(runs),
                nanos / 1e9,
                quantiles("ack", good.stream().mapToDouble(run -> run.ack / 1e6).toArray()),
                quantiles("step", good.stream().mapToDouble(run -> run.step / 1e6).toArray()),
                quantiles("end", good.stream().mapToDouble(run -> run.end / 1e6).toArray()));
    }

    /** Whether the last had begun before the first had ended. */
    private static boolean together(List<Run> runs) {
        long begun = runs.stream().mapToLong(run -> run.asked + run.step).max().orElseThrow();
        return runs.stream().allMatch(run -> run.asked + run.end > begun);
    }

    private static String quantiles(String name, double[] values) {
        Arrays.sort(values);
        return String.format(
                Locale.ROOT,
                "\"%1$s_p50\":%2$.2f,\"%1$s_p99\":%3$.2f,\"%1$s_max\":%4$.2f",
                name,
                at(values, 0.5),
                at(values, 0.99),
                at(values, 1));
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) (share * (sorted.length - 1))];
    }
}
