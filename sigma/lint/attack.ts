// What tags say of ATT&CK, against its current version; names of the one before are known.
import { nearest } from '../parse/suggest.ts'
import type { Scalar } from '../rule.ts'
import type { Check, DocumentSubject } from './check.ts'
import { placeOf, scalarsOf } from './check.ts'
import { type AttackFacts, retiredTechnique, techniqueOf } from './facts.ts'
import { replaceScalar } from './source.ts'

interface AttackTag {
  readonly tag: Scalar
  /** What follows `attack.`, small, with dashes. */
  readonly name: string
  readonly technique: string | undefined
}

function attackTags(subject: DocumentSubject): AttackTag[] {
  return scalarsOf(subject.entries, 'tags').flatMap((tag) => {
    const text = tag.text.toLowerCase()
    if (!text.startsWith('attack.')) return []
    const name = text.slice('attack.'.length).replaceAll('_', '-')
    const technique = /^t\d{4}(\.\d+)?$/.test(name) ? name.toUpperCase() : undefined
    return [{ tag, name, technique }]
  })
}

/** Whether a tactic of that short name is known in any matrix, or was. */
function isTactic(attack: AttackFacts, name: string): boolean {
  return (
    Object.hasOwn(attack.tactics, name) ||
    Object.hasOwn(attack.aliases, name) ||
    Object.values(attack.otherTactics).includes(name)
  )
}

function isKnownForm({ name, technique }: AttackTag): boolean {
  return technique !== undefined || /^[gs]\d{4}$/.test(name) || /^(ta|ds|dc|m|c)\d{4}$/.test(name)
}

/** Tactics of a rule by tag, those of older versions as they are called today. */
export function tacticsOf(attack: AttackFacts, names: readonly string[]): Set<string> {
  return new Set(
    names.flatMap((name) => (Object.hasOwn(attack.aliases, name) ? attack.aliases[name]! : [name])),
  )
}

export const ATTACK_CHECKS = {
  'attack-underscore': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'a tactic is written with underscores',
    why: 'Sigma 2 writes tactics with dashes, as ATT&CK does: `attack.command-and-control`.',
    bad: 'tags:\n    - attack.command_and_control\n    - attack.t1071',
    good: 'tags:\n    - attack.command-and-control\n    - attack.t1071',
    run(subject, add) {
      for (const { tag } of attackTags(subject)) {
        if (!tag.text.includes('_')) continue
        const to = tag.text.replaceAll('_', '-')
        add(tag, `write ${to}`, replaceScalar(subject.file.text, tag, to, `write ${to}`))
      }
    },
  },
  'attack-tactic-unknown': {
    on: 'document',
    severity: 'warning',
    summary: 'ATT&CK has no such tactic',
    why: 'A misspelt tactic falls out of every coverage map without a word.',
    bad: 'tags:\n    - attack.persistance\n    - attack.t1505.003',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      const { attack } = subject.facts
      for (const found of attackTags(subject)) {
        if (isKnownForm(found) || isTactic(attack, found.name)) continue
        const near = nearest(found.name, [
          ...Object.keys(attack.tactics),
          ...Object.keys(attack.aliases),
        ])
        const fix =
          near === undefined
            ? undefined
            : replaceScalar(
                subject.file.text,
                found.tag,
                `attack.${near}`,
                `write attack.${near}`,
                false,
              )
        add(
          found.tag,
          `ATT&CK has no tactic ${found.name}${near === undefined ? '' : `, did you mean ${near}?`}`,
          fix,
        )
      }
    },
  },
  'attack-tactic-old-name': {
    on: 'document',
    severity: 'info',
    summary: 'a tactic of an older version of ATT&CK',
    why: 'Version 19 split Defense Evasion into Stealth and Defense Impairment. The old name is understood; which of the two is meant cannot be seen.',
    bad: 'tags:\n    - attack.defense-evasion\n    - attack.t1070.004',
    good: 'tags:\n    - attack.stealth\n    - attack.t1070.004',
    run(subject, add) {
      const { attack } = subject.facts
      const found = attackTags(subject)
      for (const { tag, name } of found) {
        if (!Object.hasOwn(attack.aliases, name)) continue
        const candidates = attack.aliases[name]!
        const meant = candidates.filter((tactic) =>
          found.some(
            ({ technique }) =>
              technique !== undefined && techniqueOf(attack, technique)?.tactics.includes(tactic),
          ),
        )
        const to = meant.length === 1 ? `attack.${meant[0]}` : undefined
        const fix =
          to === undefined
            ? undefined
            : replaceScalar(subject.file.text, tag, to, `write ${to}`, false)
        add(
          tag,
          `since version ${attack.version} ${name} is ${(meant.length > 0 ? meant : candidates).join(' or ')}`,
          fix,
        )
      }
    },
  },
  'attack-technique-unknown': {
    on: 'document',
    severity: 'warning',
    summary: 'ATT&CK has no such technique',
    why: 'Mostly a mistyped number. Such a tag shows up nowhere.',
    bad: 'tags:\n    - attack.persistence\n    - attack.t9505.003',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      const { attack } = subject.facts
      for (const { tag, technique } of attackTags(subject)) {
        if (technique === undefined || techniqueOf(attack, technique) !== undefined) continue
        if (retiredTechnique(attack, technique) !== undefined) continue
        const parent = technique.split('.')[0]!
        const hint =
          technique.includes('.') && techniqueOf(attack, parent) !== undefined
            ? `; ${parent} (${techniqueOf(attack, parent)!.name}) has no such part`
            : ''
        add(tag, `ATT&CK ${attack.version} has no ${technique}${hint}`)
      }
    },
  },
  'attack-technique-revoked': {
    on: 'document',
    severity: 'warning',
    fixable: true,
    summary: 'a technique that another took the place of',
    why: 'ATT&CK moves techniques. Coverage is counted by the new number; the old one is still understood.',
    bad: 'tags:\n    - attack.persistence\n    - attack.t1100',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      for (const { tag, technique } of attackTags(subject)) {
        const retired =
          technique === undefined ? undefined : retiredTechnique(subject.facts.attack, technique)
        if (retired?.successor === undefined) continue
        const to = `attack.${retired.successor.toLowerCase()}`
        const twin = scalarsOf(subject.entries, 'tags').some(
          (other) => other.text.toLowerCase() === to,
        )
        const fix = twin ? undefined : replaceScalar(subject.file.text, tag, to, `write ${to}`)
        add(tag, `${technique} (${retired.name}) is ${retired.successor} now`, fix)
      }
    },
  },
  'attack-technique-deprecated': {
    on: 'document',
    severity: 'info',
    summary: 'a technique that ATT&CK no longer has, without a successor',
    why: 'It was withdrawn. Look which of its neighbours fits, or leave the tag out.',
    bad: 'tags:\n    - attack.stealth\n    - attack.t1562.009',
    good: 'tags:\n    - attack.stealth\n    - attack.t1070.004',
    run(subject, add) {
      for (const { tag, technique } of attackTags(subject)) {
        const retired =
          technique === undefined ? undefined : retiredTechnique(subject.facts.attack, technique)
        if (retired !== undefined && retired.successor === undefined) {
          add(tag, `${technique} (${retired.name}) was withdrawn and has no successor`)
        }
      }
    },
  },
  'attack-tactic-missing': {
    on: 'document',
    severity: 'info',
    summary: 'a technique without its tactic',
    why: 'SigmaHQ tags both: the tactic says what it was done for.',
    bad: 'tags:\n    - attack.t1505.003',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      const { attack } = subject.facts
      const found = attackTags(subject)
      const first = found.find(({ technique }) => technique !== undefined)
      if (first === undefined || found.some((one) => isTactic(attack, one.name))) return
      const { successor } = retiredTechnique(attack, first.technique!) ?? {}
      const tactics = techniqueOf(attack, successor ?? first.technique!)?.tactics ?? []
      if (tactics.length === 0) return
      add(
        first.tag,
        `name the tactic too: ${tactics.map((tactic) => `attack.${tactic}`).join(' or ')}`,
      )
    },
  },
  'attack-technique-missing': {
    on: 'document',
    severity: 'info',
    summary: 'a tactic without a technique',
    why: 'Coverage is counted by techniques; a tactic alone covers nothing.',
    bad: 'tags:\n    - attack.persistence',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      const found = attackTags(subject)
      const first = found.find((one) => isTactic(subject.facts.attack, one.name))
      if (first !== undefined && !found.some((one) => isKnownForm(one))) {
        add(first.tag, 'name the technique as well, if one fits')
      }
    },
  },
  'attack-tactic-mismatch': {
    on: 'document',
    severity: 'info',
    summary: 'a tactic to which no tagged technique belongs',
    why: 'Either the technique is missing or the tactic is wrong.',
    bad: 'tags:\n    - attack.exfiltration\n    - attack.t1505.003',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      const { attack } = subject.facts
      const found = attackTags(subject)
      const techniques = found.flatMap(({ technique }) =>
        technique === undefined ? [] : [techniqueOf(attack, technique)],
      )
      if (techniques.length === 0 || techniques.some((technique) => technique === undefined)) return
      for (const { tag, name } of found) {
        if (!isTactic(attack, name)) continue
        const meant = tacticsOf(attack, [name])
        if (
          !techniques.some((technique) => technique!.tactics.some((tactic) => meant.has(tactic)))
        ) {
          add(tag, `none of the techniques tagged belongs to ${name}`)
        }
      }
    },
  },
  'attack-parent-and-part': {
    on: 'document',
    severity: 'info',
    summary: 'a technique and a part of it are both tagged',
    why: 'The part says it all: T1059.001 is T1059.',
    bad: 'tags:\n    - attack.persistence\n    - attack.t1505\n    - attack.t1505.003',
    good: 'tags:\n    - attack.persistence\n    - attack.t1505.003',
    run(subject, add) {
      const found = attackTags(subject)
      for (const { tag, technique } of found) {
        const part = found.find((other) => other.technique?.startsWith(`${technique}.`))
        if (technique !== undefined && part !== undefined) {
          add(tag, `${part.technique} says this already`)
        }
      }
    },
  },
  'attack-tag-missing': {
    on: 'rule',
    severity: 'info',
    summary: 'no tag says what of ATT&CK is detected',
    why: 'Rules without one are missing from coverage.',
    bad: 'tags:\n    - cve.2021-44228',
    good: 'tags:\n    - attack.initial-access\n    - attack.t1190\n    - cve.2021-44228',
    run(subject, add) {
      if (subject.value.tags.length > 0 && attackTags(subject).length === 0) {
        add(placeOf(subject, 'tags'), 'tag the tactic and technique of ATT&CK, if one fits')
      }
    },
  },
} as const satisfies Record<string, Check>
