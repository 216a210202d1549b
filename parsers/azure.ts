// Azure's logs come mixed: one diagnostic setting sends activity, audit and sign-ins to one place, under one
// name. Each record is read as what it is, whichever of them its sender calls it.
import { azureRecord, FORM_KEYS } from './azure/forms.ts'
import type { Parser } from './event.ts'
import { mappedParser } from './mapping/parser.ts'
import activityTable from './mappings/azure_activity.yml' with { type: 'yaml' }
import auditTable from './mappings/azure_audit.yml' with { type: 'yaml' }
import signinTable from './mappings/azure_signin.yml' with { type: 'yaml' }

const signin = mappedParser(signinTable, azureRecord, FORM_KEYS)
const audit = mappedParser(auditTable, azureRecord, FORM_KEYS)
const activity = mappedParser(activityTable, azureRecord, FORM_KEYS)

/** From the surest to the one that takes any record. */
const FAMILY: readonly Parser[] = [signin, audit, activity]

function withFamily(own: Parser): Parser {
  return {
    ...own,
    parse: (input, context) =>
      (FAMILY.find((parser) => parser.recognise(input, context)) ?? own).parse(input, context),
  }
}

export const azureSignin = withFamily(signin)
export const azureAudit = withFamily(audit)
export const azureActivity = withFamily(activity)
