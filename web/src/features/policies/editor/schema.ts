/** The JSON Schema of policies, read for those who write one: which names and values may stand at a place. Pure. */

import { ENTRY, type Step } from "./place";

export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** What kind of text follows a name. */
export type Shape = "mapping" | "list" | "plain";

export interface Name {
  readonly name: string;
  readonly shape: Shape;
  readonly isRequired: boolean;
}

/** What a document says of itself already: it decides which of the schema's alternatives it can be. */
export type Known = Readonly<Record<string, string>>;

/** The names of the mapping at a path, in the schema's order; required ones first. */
export function namesAt(schema: Schema, path: readonly Step[], known: Known): Name[] {
  const found = new Map<string, Name>();
  for (const one of at(schema, path, known)) {
    for (const [name, member] of Object.entries(one.properties ?? {})) {
      const isRequired = one.required?.includes(name) ?? false;
      if (!found.has(name)) found.set(name, { name, shape: shapeOf(schema, member), isRequired });
    }
  }
  return [...found.values()].sort((one, other) => Number(other.isRequired) - Number(one.isRequired));
}

/** The values that may stand at a path, as far as the schema names them; examples only where it does not. */
export function valuesAt(
  schema: Schema,
  path: readonly Step[],
  known: Known,
): { values: string[]; examples: string[] } {
  const all = at(schema, path, known);
  const named = all.flatMap((one) => [
    ...("const" in one ? [one.const] : []),
    ...(one.enum ?? []),
    ...(one.type === "boolean" ? [true, false] : []),
  ]);
  return { values: texts(named), examples: texts(all.flatMap((one) => one.examples ?? [])) };
}

/** What the schema says about a path. */
function at(root: Schema, path: readonly Step[], known: Known): Schema[] {
  let here = unfolded(root, root, [], known);
  for (const [index, step] of path.entries()) {
    const so = path.slice(0, index + 1);
    here = here.flatMap((one) => {
      const next = step === ENTRY ? one.items : (one.properties?.[step] ?? anyMember(one));
      return next === undefined ? [] : unfolded(root, next, so, known);
    });
  }
  return here;
}

function anyMember(schema: Schema): Schema | undefined {
  return typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
}

/** References followed and alternatives laid out, without those that contradict what the document says. */
function unfolded(root: Schema, schema: Schema, path: readonly Step[], known: Known): Schema[] {
  if (schema.$ref !== undefined) return unfolded(root, target(root, schema.$ref), path, known);
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap((one) => unfolded(root, one, path, known));
  return contradicts(root, schema, path, known) ? [] : [schema];
}

/** Whether a mapping cannot be this one: one of its names must have another value than it has. */
function contradicts(root: Schema, schema: Schema, path: readonly Step[], known: Known): boolean {
  return Object.entries(schema.properties ?? {}).some(([name, member]) => {
    const own = member.$ref === undefined ? member : target(root, member.$ref);
    const said = known[[...path, name].join(".")];
    if ("const" in own) return said !== undefined && said !== own.const;
    return own.properties !== undefined && contradicts(root, own, [...path, name], known);
  });
}

function target(root: Schema, reference: string): Schema {
  return root.$defs?.[reference.split("/").at(-1) ?? ""] ?? {};
}

function shapeOf(root: Schema, schema: Schema): Shape {
  const all = unfolded(root, schema, [], {});
  if (all.some((one) => one.type === "object")) return "mapping";
  return all.some((one) => one.type === "array") ? "list" : "plain";
}

function texts(values: readonly unknown[]): string[] {
  return [...new Set(values.filter((value) => ["string", "number", "boolean"].includes(typeof value)).map(String))];
}

/** What the document around an offset says of its kind and effect. */
export function knownAt(text: string, offset: number): Known {
  const borders = [...text.matchAll(/^---(?=\s|$)/gm)].map((found) => found.index);
  const from = borders.findLast((border) => border < offset) ?? 0;
  const to = borders.find((border) => border >= offset) ?? text.length;
  const own = text.slice(from, to);
  const kind = /^kind:\s*["']?(\w+)/m.exec(own)?.[1];
  const effect = /^\s+effect:\s*["']?(\w+)/m.exec(own)?.[1] ?? /\beffect:\s*(\w+)/.exec(own)?.[1];
  return { ...(kind === undefined ? {} : { kind }), ...(effect === undefined ? {} : { "spec.effect": effect }) };
}
