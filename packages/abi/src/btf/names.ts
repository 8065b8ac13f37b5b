// Names that every kernel takes in BTF: C identifiers of at most 127 bytes (__btf_name_valid of kernel/bpf/btf.c;
// KSYM_NAME_LEN was 128 before Linux 6.1, and `.` came later).

const MOST = 127;

/** The name as an identifier: what cannot stand in one becomes `_`. Other names stay as they are. */
export function btfName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9_]/gu, "_").slice(0, MOST);
  return plain === "" || /^[0-9]/.test(plain) ? `_${plain}`.slice(0, MOST) : plain;
}
