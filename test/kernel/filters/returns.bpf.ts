// Programs of which the kernel wants to know what they return, with values that it does not find out by itself.
import { arrayMap, cgroupSkb, cgroupSockAddr, sockOps, u32 } from "@typebpf/dsl";

export const settings = arrayMap({ value: u32, maxEntries: 4 });

export const remainder = cgroupSkb.ingress((ctx) => (ctx.len % 2) as 0 | 1);
export const comparedRemainder = cgroupSkb.ingress((ctx) => (ctx.len % 7 === 0 ? 1 : 0));
export const masked = cgroupSkb.egress((ctx) => (ctx.len & 3) as 0 | 1 | 2 | 3);
export const same = cgroupSockAddr.getpeername4((ctx) => (ctx.userPort > 3 ? 1 : 1));
export const least = cgroupSkb.ingress((ctx) => Math.min(ctx.len, 1) as 0 | 1);
export const tested = cgroupSkb.ingress((_) => {
  const value = settings.get(1);
  if (!value) return 1;
  const allowed = value.value;
  return allowed > 1 ? 0 : (allowed as 0 | 1);
});
export const quotient = sockOps((ctx) => Math.trunc((ctx.op & 3) / 2) as 0 | 1);
