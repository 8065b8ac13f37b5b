import { devMap, tc, TC, XDP } from "@typebpf/dsl";

export const devices = devMap({ maxEntries: 4 });

export const main = tc(() => {
  return devices.redirect(0, XDP.PASS) === XDP.REDIRECT ? TC.OK : TC.SHOT; // here
});
