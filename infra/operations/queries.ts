/** Questions to the functions' logs, of which each is saved for Logs Insights. */
export const QUERIES = [
  {
    id: 'Unsettled',
    title: 'why records are unsettled',
    text: [
      'fields @timestamp, function_name, unsettledCount, unsettledPartitionCount, partitions.0.topicPartition, details.0',
      'filter message = "records_unsettled"',
      'sort @timestamp desc',
      'limit 100',
    ],
  },
  {
    id: 'Blocked',
    title: 'which records block their lane',
    text: [
      'fields @timestamp, function_name, blockedCount, records.0.topicPartition, records.0.offset, records.0.code',
      'filter message = "records_blocked"',
      'sort @timestamp desc',
      'limit 100',
    ],
  },
  {
    id: 'Batches',
    title: 'batches by five minutes',
    text: [
      'filter message in ["batch_settled", "records_unsettled"]',
      'stats count(*) as batches, sum(recordCount) as records, avg(durationMs) as durationMs, max(durationMs) as slowestMs by bin(5m)',
    ],
  },
  {
    id: 'Warnings',
    title: 'warnings by kind',
    text: ['filter level in ["WARN", "ERROR"]', 'stats count(*) as lines by message, function_name', 'sort lines desc'],
  },
  {
    id: 'ThrottledShards',
    title: 'which shards throttle',
    text: [
      'filter message = "shards_throttled"',
      'stats count(*) as batches, max(shardCount) as shards by shards.0.shardId',
      'sort batches desc',
      'limit 20',
    ],
  },
] as const;

/** The text of a saved query: one command a line. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
export const queryText = (lines: readonly string[]): string => lines.join('\n| ');
