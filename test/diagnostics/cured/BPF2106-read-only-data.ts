import { config, struct, u32, xdp, XDP } from "@typebpf/dsl";

const Flow = struct("flow", { saddr: u32 });
export const settings = config({ from: Flow });

export const filter = xdp(() => {
  const from = Flow({ ...settings.from });
  from.saddr = 5;
  return XDP.PASS;
});
