import { PatternError } from '../../java/regex/pattern-error.ts';
import { matcher, replacer } from '../../java/regex/replacement.ts';
import { PropertyError } from '../property-error.ts';
import type { TransformSettings } from './transform-settings.ts';

/** Returns the new name of a topic whose whole name matches; undefined for other topics. */
export function topicRouter(
  settings: TransformSettings,
  patternProperty: string,
  replacementProperty: string,
): (topic: string) => string | undefined {
  const matches = topicMatcher(settings, patternProperty);
  const pattern = settings.text(patternProperty);
  const replaceFirst = withProperty(settings, replacementProperty, () =>
    replacer(pattern, settings.text(replacementProperty), 'first'),
  );
  return (topic) => (matches(topic) ? replaceFirst(topic) : undefined);
}

/** @throws PropertyError if Java's pattern has no equivalent */
export const topicMatcher = (settings: TransformSettings, property: string): ((topic: string) => boolean) =>
  withProperty(settings, property, () => matcher(settings.text(property)));

function withProperty<T>(settings: TransformSettings, property: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new PropertyError(settings.prefix + property, settings.text(property), error.message);
  }
}
