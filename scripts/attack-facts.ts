// Rebuilds `sigma/facts/attack.json` from lists of techniques: `bun scripts/attack-facts.ts ENTERPRISE MOBILE ICS`.
// Each list is JSON of the shape `{tactics: [{id, shortname}], techniques: [{id, name, tactics, revoked?, ...}]}`.

interface Source {
  readonly version?: string
  readonly tactics: readonly { readonly id: string; readonly shortname: string }[]
  readonly techniques: readonly {
    readonly id: string
    readonly name: string
    readonly tactics: readonly string[]
    readonly revoked?: boolean
    readonly deprecated?: boolean
    readonly revoked_by?: string
  }[]
}

const NOTICE =
  '© 2026 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.'
const [enterprise, ...others] = await Promise.all(
  process.argv.slice(2).map(async (path): Promise<Source> => Bun.file(path).json()),
)
if (enterprise === undefined) throw new Error('usage: attack-facts.ts ENTERPRISE [MOBILE ICS]')
const all = [enterprise, ...others].flatMap((source) => source.techniques)
const activeOf = (techniques: Source['techniques']) =>
  Object.fromEntries(
    techniques
      .filter((technique) => !technique.revoked && !technique.deprecated)
      .map(({ id, name, tactics }) => [id, [name, ...tactics].join('|')]),
  )
const facts = {
  notice: NOTICE,
  version: enterprise.version ?? '',
  tactics: Object.fromEntries(enterprise.tactics.map(({ id, shortname }) => [shortname, id])),
  otherTactics: Object.fromEntries(
    others.flatMap((source) => source.tactics.map(({ id, shortname }) => [id, shortname])),
  ),
  aliases: { 'defense-evasion': ['stealth', 'defense-impairment'] },
  techniques: activeOf(enterprise.techniques),
  otherTechniques: activeOf(others.flatMap((source) => source.techniques)),
  retired: Object.fromEntries(
    all
      .filter((technique) => technique.revoked || technique.deprecated)
      .map(({ id, name, revoked_by }) => [id, [name, revoked_by ?? ''].join('|')]),
  ),
}
await Bun.write('sigma/facts/attack.json', `${JSON.stringify(facts, null, 2)}\n`)
