// A layer for the ATT&CK Navigator: layer format 4.5.
import type { Coverage } from './coverage.ts'

/** The coverage as a layer: the score is the number of live rules. */
export function navigatorLayer(
  coverage: Coverage,
  name: string,
): Readonly<Record<string, unknown>> {
  const most = Math.max(1, ...coverage.techniques.map(({ live }) => live.length))
  return {
    name,
    versions: { attack: coverage.version, navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: 'Techniques that rules cover; the score is the number of live rules.',
    sorting: 3,
    hideDisabled: false,
    techniques: coverage.techniques.map(({ id, rules, live }) => ({
      techniqueID: id,
      score: live.length,
      comment:
        live.length === rules.length
          ? `${live.length} rules`
          : `${live.length} of ${rules.length} rules are live`,
      enabled: true,
      showSubtechniques: false,
    })),
    gradient: { colors: ['#ffffff', '#66b1ff'], minValue: 0, maxValue: most },
    legendItems: [],
    metadata: [],
  }
}
