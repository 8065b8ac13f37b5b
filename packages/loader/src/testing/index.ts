// `@typebpf/loader/testing`: two network namespaces with real traffic, and whether this machine can run programs at all.
export { canRunKernel, type KernelCapability } from "./capability.ts";
export type { Capture, CapturedPacket } from "./capture.ts";
export type { PingRequest, PingResult } from "./ping.ts";
export { type SideOptions, TestbedSide } from "./side.ts";
export type { ConnectRequest, Endpoint } from "./socket.ts";
export { createTestbed, Testbed, type TestbedOptions, type TrafficOptions } from "./testbed.ts";
export type { HttpOptions, HttpResult } from "./traffic-http.ts";
export type { UdpOptions, UdpResult } from "./traffic-udp.ts";
