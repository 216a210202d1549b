// Replacements as Python writes them: `\1`, `\g<name>`, `\n`, `\\`.
import { RE2JS } from 're2js'

type Part = string | { readonly group: number | string }

const LETTERS: Readonly<Record<string, string>> = {
  ...{ n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v', '\\': '\\' },
}
const TOKEN = /\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g

/** The parts of a replacement, or what is wrong with it. */
function partsOf(template: string, pattern: RE2JS): readonly Part[] | string {
  const parts: Part[] = []
  const names = pattern.namedGroups()
  let end = 0
  for (const token of template.matchAll(TOKEN)) {
    const [whole, named, numbered, letter] = token
    parts.push(template.slice(end, token.index))
    end = token.index + whole.length
    if (letter !== undefined) {
      if (/[a-zA-Z]/.test(letter) && LETTERS[letter] === undefined) return `bad escape \\${letter}`
      parts.push(LETTERS[letter] ?? whole)
      continue
    }
    const group = numbered ?? named ?? ''
    const isKnown = /^\d+$/.test(group)
      ? Number(group) <= pattern.groupCount()
      : Object.hasOwn(names, group)
    if (!isKnown) return `no group ${group}`
    parts.push({ group: /^\d+$/.test(group) ? Number(group) : group })
  }
  return [...parts, template.slice(end)]
}

/** What replaces every match of a pattern in a text, or what is wrong with the replacement. */
export function replacing(pattern: string, template: string): ((text: string) => string) | string {
  const regex = RE2JS.compile(pattern)
  const parts = partsOf(template, regex)
  if (typeof parts === 'string') return parts
  return (text) => {
    const matcher = regex.matcher(text)
    let out = ''
    let end = 0
    while (matcher.find()) {
      out += text.slice(end, matcher.start())
      for (const part of parts) {
        out += typeof part === 'string' ? part : (matcher.group(part.group as number) ?? '')
      }
      end = matcher.end()
    }
    return out + text.slice(end)
  }
}
