// Code of a loaded program for people: instructions with the lines of the source that the kernel has, and machine code as
// bytes, 16 a line.
import { displayText } from "@typebpf/abi";
import { type CodeInsn, type MachineCode, toHex } from "@typebpf/loader";
import type { Styles } from "./style.ts";

const bytesPerLine = 16;

/** Instructions one a line, below the line of the source that they come from and the name of their function. */
export function formatCode(code: readonly CodeInsn[], styles: Styles): string {
  const lines: string[] = [];
  let shown = "";
  for (const { slot, bytes, text, at, function: name } of code) {
    if (name !== undefined && name !== "") lines.push(styles.title(`${displayText(name)}:`));
    const place = at ? `${at.file}:${at.line}` : shown;
    if (at && place !== shown) {
      lines.push(styles.faint(`; ${displayText(place)}  ${displayText(at.text.trim())}`.trimEnd()));
      shown = place;
    }
    lines.push(`${`${slot}`.padStart(4)}: (${toHex(bytes.subarray(0, 1))}) ${displayText(text)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Machine code of each function, with the distance from its start. */
export function formatMachineCode(code: readonly MachineCode[], styles: Styles): string {
  const blocks = code.map(({ function: name, address, bytes }) => {
    const title = styles.title(
      `${displayText(name) || "function"} at 0x${address.toString(16)}, ${bytes.length} bytes:`,
    );
    const rows = Array.from({ length: Math.ceil(bytes.length / bytesPerLine) }, (_, row) => {
      const at = row * bytesPerLine;
      const shown = toHex(bytes.subarray(at, at + bytesPerLine)).replace(/(..)(?=.)/g, "$1 ");
      return `${at.toString(16).padStart(4)}: ${shown}`;
    });
    return [title, ...rows].join("\n");
  });
  return `${blocks.join("\n")}\n`;
}
