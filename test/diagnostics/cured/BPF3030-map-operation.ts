import { devMap, xdp, XDP } from "@typebpf/dsl";

export const devices = devMap({ maxEntries: 4 });

export const main = xdp(() => devices.redirect(0, XDP.PASS));
