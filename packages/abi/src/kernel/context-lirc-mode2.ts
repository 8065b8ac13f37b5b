// A pulse or space of an infrared receiver: 24 bits of microseconds and 8 of kind (drivers/media/rc/bpf-lirc.c).
import type { ContextRow } from "./context-row.ts";

/** Row of the context `lirc_mode2`. */
export const lircMode2Context = { struct: "lirc_mode2", size: 4, fields: [] } as const satisfies ContextRow;
