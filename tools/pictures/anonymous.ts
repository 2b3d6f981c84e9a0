/** A picture must not show on whose machine it was made. */
import { homedir, hostname } from "node:os";
import { root } from "@baton/demo/child-process";

export interface Machine {
  readonly name: string;
  /** Folders that exist only on this machine. */
  readonly folders: readonly string[];
}

/** @throws Error when the text contains the name of the machine or one of its folders. */
export function assertAnonymous(picture: string, text: string, machine: Machine = thisMachine()): void {
  const places = ["/home/", "/Users/", ...machine.folders].filter((place) => place !== "/");
  // "vm" and similar names are parts of words, and every machine is localhost.
  const name = new RegExp(`(?<![\\w-])(?!localhost)${RegExp.escape(machine.name)}(?![\\w-])`);
  const found = places.find((place) => text.includes(place)) ?? name.exec(text)?.[0];
  if (found !== undefined) throw new Error(`${picture} would show ${found}`);
}

function thisMachine(): Machine {
  return { name: hostname(), folders: [root, homedir()] };
}
