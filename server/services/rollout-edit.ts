// The smallest change of a rule file that gives a rule another stage: the stage's own characters.
import { isMap, isScalar, parseAllDocuments } from 'yaml'
import type { RolloutStage } from '../../sigma/rule.ts'

/** The file's text with the rule at `stage`; everything else stays byte for byte. Undefined when the file does
 * not hold the rule, or no stage of it that is written as a plain or quoted word. */
export function withStage(text: string, ruleId: string, stage: RolloutStage): string | undefined {
  for (const document of parseAllDocuments(text)) {
    if (!isMap(document.contents) || document.get('id') !== ruleId) continue
    const node = document.getIn(['trapline', 'rollout', 'stage'], true)
    if (!isScalar(node) || !node.range) return undefined
    const [from, to] = node.range
    const written = text.slice(from, to)
    const word = /^(['"]?)[a-z]+\1$/.exec(written)
    if (word === null) return undefined
    const quote = word[1] ?? ''
    return text.slice(0, from) + quote + stage + quote + text.slice(to)
  }
  return undefined
}
