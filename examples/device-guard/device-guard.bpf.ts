// Lets the processes of a control group open only the device files that rules allow, and tells of what was refused.
import { cgroupDevice, config, hashMap, ringBuffer, struct, u8, u16, u32 } from "@typebpf/dsl";

/** A device file; 0xffffffff as minor number stands for all. */
const Device = struct("device", { type: u32, major: u32, minor: u32 });
const Refusal = struct("refusal", { pid: u32, type: u16, access: u16, major: u32, minor: u32 });

const ALL = 0xffff_ffff;

/** What may be done with a device: bits of DeviceAccess. */
export const rules = hashMap({ key: Device, value: u32, maxEntries: 1024 });

/** What was refused. */
export const refusals = ringBuffer({ value: Refusal, maxEntries: 65_536 });

/** Whether what no rule allows is only reported. */
export const settings = config({ reportOnly: u8 });

function allowed(type: number, major: number, minor: number): number {
  const one = rules.get(Device({ type, major, minor }));
  const all = rules.get(Device({ type, major, minor: ALL }));
  return (one?.value ?? 0) | (all?.value ?? 0);
}

export const guard = cgroupDevice((ctx) => {
  const { deviceType, access, major, minor } = ctx;
  if ((access & ~allowed(deviceType, major, minor)) === 0) return 1;
  const pid = u32(ctx.getCurrentPidTgid() >> 32n);
  refusals.output({ pid, type: deviceType, access, major, minor });
  return settings.reportOnly === 0 ? 0 : 1;
});
