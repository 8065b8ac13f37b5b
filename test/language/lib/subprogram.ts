// A function of another module, marked there, that calls one of its own.
import { noinline } from "@typebpf/dsl";

const mixed = noinline((a: number, b: number) => (Math.imul(a, 31) + b) | 0);

export const scramble = noinline((byte: number, word: number) => {
  let result = word;
  for (let i = 0; i < 4; i++) result = mixed(result, byte + i);
  return result;
});
