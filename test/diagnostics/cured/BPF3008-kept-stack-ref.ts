import { struct, u32, xdp, XDP } from "@typebpf/dsl";

const Step = struct("step", { at: u32, before: u32 });

export const filter = xdp(() => {
  const step = Step();
  for (let i = 0; i < 4; i++) {
    const before = step.at;
    Object.assign(step, { at: i, before });
  }
  return step.before === 2 ? XDP.DROP : XDP.PASS;
});
