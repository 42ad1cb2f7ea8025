import type { Db } from 'mongodb';

/**
 * A rule of a collection that refuses documents, as a validator does in DocumentDB: a refused record becomes a dead letter, and
 * can be sent again when the rule is gone.
 */
const RULE = { review: { $ne: 'refused' } };

/** https://www.mongodb.com/docs/manual/reference/command/collMod/#document-validation */
export async function setRule(database: Db, collection: string, isOn: boolean): Promise<void> {
  const names = await database.listCollections({ name: collection }).toArray();
  if (names.length === 0) await database.createCollection(collection);
  await database.command({ collMod: collection, validator: isOn ? RULE : {} });
}
