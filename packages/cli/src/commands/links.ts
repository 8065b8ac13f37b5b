// `typebpf links`: which programs are attached by links, and where; show, detach, pin and unpin one. A link has no name: it
// is chosen by id, by its pin, or by the name of its program.
import { type ListedLink, listLinks, listPrograms, type OpenedLink, openLink, removePin } from "@typebpf/loader";
import type { Command, Outcome, Terminal } from "../command.ts";
import { type LinksDocument, linksDocument } from "../json/object-documents.ts";
import { askedAction, linkActions } from "../objects/actions.ts";
import { linkFacts } from "../objects/facts.ts";
import { chosen, chosenOne, directReference } from "../objects/select.ts";
import { linkPage } from "../output/object-pages.ts";
import { formatLinks } from "../output/objects.ts";

/** Arguments of `links`. */
export interface LinksArguments {
  /** The action and what it takes. */
  readonly texts: readonly string[];
}

type Result = Outcome<LinksDocument>;

/** A link with the name of its program. */
type NamedLink = ListedLink & { readonly name: string };

async function listNamed(): Promise<readonly NamedLink[]> {
  const links = await listLinks();
  const names = new Map((await listPrograms()).map(({ id, name }) => [id, name]));
  return links.map((link) => ({ ...link, name: names.get(link.programId) ?? "" }));
}

function outcome(links: readonly NamedLink[], text: string, rest: Partial<Result["body"]> = {}): Result {
  return {
    body: { links: links.map((link) => linkFacts(link, link.name)), ...rest },
    text,
    diagnostics: [],
    filters: [],
  };
}

async function openChosen(text: string): Promise<OpenedLink> {
  const direct = directReference(text);
  return openLink(direct ?? chosenOne("link", await listNamed(), text).id);
}

async function listOnly(id: number): Promise<readonly NamedLink[]> {
  return (await listNamed()).filter((one) => one.id === id);
}

async function show(text: string, { styles }: Terminal): Promise<Result> {
  let found: readonly NamedLink[];
  if (directReference(text) === undefined) found = chosen("link", await listNamed(), text);
  else {
    using opened = await openChosen(text);
    found = await listOnly(opened.info.id);
  }
  return outcome(found, found.map((one) => linkPage(one, one.name, styles)).join("\n"));
}

async function detach(text: string): Promise<Result> {
  using opened = await openChosen(text);
  opened.detach();
  const { id } = opened.info;
  return outcome(await listOnly(id), `link ${id} is detached\n`, { detached: true });
}

async function pin(text: string, path: string): Promise<Result> {
  using opened = await openChosen(text);
  const { id } = opened.info;
  const made = opened.pin(path);
  return outcome(await listOnly(id), `link ${id} is pinned at ${made.path}\n`, {
    pin: { path: made.path, pinned: true },
  });
}

async function unpin(given: string): Promise<Result> {
  const path = await removePin("link", given);
  return outcome([], `${path} is removed\n`, { pin: { path, pinned: false } });
}

async function listAll({ styles }: Terminal): Promise<Result> {
  const all = await listNamed();
  return outcome(all, formatLinks(all, new Map(all.map(({ programId, name }) => [programId, name])), styles));
}

/** `typebpf links` */
export const links: Command<LinksArguments, LinksDocument> = {
  schema: linksDocument,
  empty: () => ({ links: [] }),
  async run(args, terminal) {
    const { action, texts } = askedAction("links", linkActions, args.texts, []);
    const [first = "", second = ""] = texts;
    switch (action) {
      case "list":
        return listAll(terminal);
      case "show":
        return show(first, terminal);
      case "detach":
        return detach(first);
      case "pin":
        return pin(first, second);
      case "unpin":
        return unpin(first);
      default:
        return action satisfies never;
    }
  },
};
