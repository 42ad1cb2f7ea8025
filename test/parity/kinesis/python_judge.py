"""What aws-kinesis-agg makes of Kinesis records. judges.ts has the format of both streams: one line a question, one line
for each user record that comes of it. It knows nothing of shards: their ends are left unread."""

import base64
import sys

from aws_kinesis_agg import deaggregator

NONE = "-"


def text(field):
    return None if field == NONE else base64.b64decode(field).decode("utf-8")


def encoded(content):
    if content is None:
        return NONE
    return base64.b64encode(content.encode("utf-8")).decode("ascii")


def main():
    for number, line in enumerate(sys.stdin):
        partition_key, explicit_hash_key, data = line.rstrip("\n").split("\t")[:3]
        record = {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "sequenceNumber": str(number),
                "approximateArrivalTimestamp": 0,
                "partitionKey": text(partition_key),
                "explicitHashKey": text(explicit_hash_key),
                "data": data,
            }
        }
        for each in deaggregator.iter_deaggregate_records([record]):
            kinesis = each["kinesis"]
            content = kinesis["data"]
            content = content if isinstance(content, str) else content.decode("ascii")
            aggregated = "1" if kinesis.get("aggregated") else "0"
            fields = (str(number), encoded(kinesis["partitionKey"]), encoded(kinesis["explicitHashKey"]), content, aggregated)
            sys.stdout.write("\t".join(fields) + "\n")


main()
