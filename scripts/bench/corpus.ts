// The corpus of real data that benchmarks read: beside the project, never in it.
import { resolve } from 'node:path'

export const CORPUS = resolve(import.meta.dir, '../../../shared/corpus')
export const SIGMAHQ = resolve(CORPUS, 'sigmahq')
/** Folders of SigmaHQ whose rules are measured. */
export const RULE_SETS = ['rules', 'rules-emerging-threats', 'rules-threat-hunting']
