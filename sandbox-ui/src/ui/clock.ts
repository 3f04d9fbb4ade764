import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** The time, five times a second while it matters. */
export function useClock(running: boolean): number {
  const now = useSignal(Date.now());
  useEffect(() => {
    now.value = Date.now();
    if (!running) return;
    const timer = setInterval(() => (now.value = Date.now()), 200);
    return () => clearInterval(timer);
  }, [running]);
  return now.value;
}
