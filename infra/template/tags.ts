/** The `Tags` property of most CloudFormation resources; absent without tags. */
export const tagged = (tags: Readonly<Record<string, string>> = {}): object =>
  Object.keys(tags).length === 0 ? {} : { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
