// Where compiled filters are kept: in the node_modules of the filter's package, else in the user's cache folder. The
// variable TYPEBPF_CACHE names another folder, or is "off".
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The user's folder for caches, as each system has it. */
function userFolder(env: Environment, platform: NodeJS.Platform): string {
  if (platform === "win32") return env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  if (platform === "darwin") return join(homedir(), "Library", "Caches");
  const given = env.XDG_CACHE_HOME;
  return given?.startsWith("/") ? given : join(homedir(), ".cache");
}

/** The folder for filters of the package at `root`; undefined where nothing is to be kept. */
export function cacheFolder(
  root: string,
  env: Environment = process.env,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const given = env.TYPEBPF_CACHE;
  if (given === "off") return undefined;
  if (given) return resolve(given);
  const modules = join(root, "node_modules");
  return existsSync(modules) ? join(modules, ".cache", "typebpf") : join(userFolder(env, platform), "typebpf");
}
