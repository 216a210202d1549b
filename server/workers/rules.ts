// The rules worker: reads and describes the rule folders, then ends. Lives for one load.
import { readCatalogue } from '../services/rule-catalogue.ts'
import type { RuleFolder } from '../services/rule-folders.ts'
import { serve } from './rpc.ts'

const handlers = { read: (folders: readonly RuleFolder[]) => readCatalogue(folders) }
export type RulesHandlers = typeof handlers

serve(handlers)
