import { signal } from '@preact/signals';
import { whoAmI } from '../api/admin.ts';
import type { WhoAmI } from '../api/types.ts';

export const who = signal<WhoAmI | undefined>(undefined);

/** Asks the gateway whether a key is needed; a page that is loaded again finds its login's token so. */
export async function identify(): Promise<void> {
  try {
    who.value = await whoAmI();
  } catch {
    // The gateway is away: asked again when it is back.
  }
}
