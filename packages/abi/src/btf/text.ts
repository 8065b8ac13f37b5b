// The texts of BTF by their offset, for what refers to them from outside: lines of loaded programs (struct bpf_line_info
// of include/uapi/linux/bpf.h). Takes any bytes.
import { BTF_HEADER_BYTES } from "./encode.ts";
import { BtfMalformed, splitBtf } from "./sections.ts";

/** Gives the text at an offset of the string section; empty where there is none. */
export type BtfText = (offset: number) => string;

/** Calls `read`; "" for what is malformed. */
function orEmpty<T>(read: () => T, empty: T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BtfMalformed)) throw error;
    return empty;
  }
}

/** The texts in the bytes of BTF; of bytes that are none, there are no texts. */
export function btfTexts(bytes: Uint8Array): BtfText {
  const texts = orEmpty(() => splitBtf(bytes, BTF_HEADER_BYTES).texts, undefined);
  return (offset) => orEmpty(() => texts?.at(offset) ?? "", "");
}
