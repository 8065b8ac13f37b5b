// The command as a library: the forms of its documents and files, and the assembly listing. The command itself is main.ts.

export { cliDiagnostics } from "./diagnostics.ts";
export { diagnosticSchema, diagnosticsSchema, spanSchema } from "./json/diagnostic.ts";
export * from "./json/documents.ts";
export { mapsFile, packetsFile, specFile } from "./json/inputs.ts";
export { objectSchema, objectText } from "./json/object.ts";
export { formatAssembly } from "./output/assembly.ts";
export { formatMaps } from "./output/maps.ts";
export { type Styles, stylesFor } from "./output/style.ts";
export type { CapturedPacket } from "./pcap/format.ts";
export { type Capture, readCapture } from "./pcap/read.ts";
export { writeCapture } from "./pcap/write.ts";
