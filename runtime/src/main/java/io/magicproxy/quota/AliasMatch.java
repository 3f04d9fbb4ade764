package io.magicproxy.quota;

import java.util.List;

/** Whether a name is among those that are listed, in which a star stands for any part. */
final class AliasMatch {
    private AliasMatch() {}

    static boolean matches(List<String> listed, String name) {
        if (listed.isEmpty()) {
            return true;
        }
        for (String one : listed) {
            if (one.indexOf('*') < 0 ? one.equals(name) : wild(one, name)) {
                return true;
            }
        }
        return false;
    }

    /** The first fit of each part between two stars is as good as any. */
    private static boolean wild(String listed, String name) {
        int star = listed.indexOf('*');
        int last = listed.lastIndexOf('*');
        String tail = listed.substring(last + 1);
        if (name.length() < star + tail.length()
                || !name.startsWith(listed.substring(0, star))
                || !name.endsWith(tail)) {
            return false;
        }
        int at = star;
        int end = name.length() - tail.length();
        while (star < last) {
            int next = listed.indexOf('*', star + 1);
            String part = listed.substring(star + 1, next);
            int found = name.indexOf(part, at);
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            at = found + part.length();
            star = next;
        }
        return true;
    }
}
