import { xdp, XDP } from "@typebpf/dsl";

function twice0(x: number): number {
  return x ^ 1;
}

function twice1(x: number): number {
  return twice0(x) ^ twice0(x + 1);
}

function twice2(x: number): number {
  return twice1(x) ^ twice1(x + 1);
}

function twice3(x: number): number {
  return twice2(x) ^ twice2(x + 1);
}

function twice4(x: number): number {
  return twice3(x) ^ twice3(x + 1);
}

function twice5(x: number): number {
  return twice4(x) ^ twice4(x + 1);
}

function twice6(x: number): number {
  return twice5(x) ^ twice5(x + 1);
}

function twice7(x: number): number {
  return twice6(x) ^ twice6(x + 1);
}

function twice8(x: number): number {
  return twice7(x) ^ twice7(x + 1);
}

function twice9(x: number): number {
  return twice8(x) ^ twice8(x + 1);
}

function twice10(x: number): number {
  return twice9(x) ^ twice9(x + 1);
}

function twice11(x: number): number {
  return twice10(x) ^ twice10(x + 1);
}

function twice12(x: number): number {
  return twice11(x) ^ twice11(x + 1);
}

function twice13(x: number): number {
  return twice12(x) ^ twice12(x + 1);
}

function twice14(x: number): number {
  return twice13(x) ^ twice13(x + 1);
}

function twice15(x: number): number {
  return twice14(x) ^ twice14(x + 1);
}

function twice16(x: number): number {
  return twice15(x) ^ twice15(x + 1);
}

function twice17(x: number): number {
  return twice16(x) ^ twice16(x + 1);
}

function twice18(x: number): number {
  return twice17(x) ^ twice17(x + 1);
}

function twice19(x: number): number {
  return twice18(x) ^ twice18(x + 1);
}

export const filter = xdp((ctx) => {
  return twice19(ctx.rxQueueIndex & 7) === 0 ? XDP.DROP : XDP.PASS; // here
});
