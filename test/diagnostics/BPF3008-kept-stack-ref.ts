import { struct, u32, xdp, XDP } from "@typebpf/dsl";

const Step = struct("step", { at: u32, before: u32 });

export const filter = xdp(() => {
  let step = Step();
  for (let i = 0; i < 4; i++) {
    const next = Step({ at: i }); // here
    next.before = step.at;
    step = next;
  }
  return step.before === 2 ? XDP.DROP : XDP.PASS;
});
