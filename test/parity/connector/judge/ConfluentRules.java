// Confluent's ExtractTopic and TombstoneHandler, written after Confluent's documents: Maven Central has no jar of theirs. These two judge
// what becomes of a record behind the transform, and not the transform itself.
// https://docs.confluent.io/kafka-connectors/transforms/current/extracttopic.html
// https://docs.confluent.io/kafka-connectors/transforms/current/tombstonehandler.html
import java.util.*;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.transforms.Transformation;

class ConfluentRules implements Transformation<SinkRecord> {
  static final String PACKAGE = "io.confluent.connect.transforms.";

  final String name;
  String field, behavior;
  boolean isPath, skips;

  ConfluentRules(String type) {
    name = type.substring(PACKAGE.length());
  }

  @Override public void configure(Map<String, ?> properties) {
    field = text(properties, "field", "");
    isPath = text(properties, "field.format", "PLAIN").equalsIgnoreCase("JSON_PATH");
    skips = text(properties, "skip.missing.or.null", "false").equalsIgnoreCase("true");
    behavior = text(properties, "behavior", "warn");
  }

  static String text(Map<String, ?> properties, String name, String otherwise) {
    return properties.get(name) == null ? otherwise : properties.get(name).toString();
  }

  @Override public SinkRecord apply(SinkRecord record) {
    return switch (name) {
      case "TombstoneHandler" -> handled(record);
      case "ExtractTopic$Key" -> routed(record, within(record.key()));
      case "ExtractTopic$Value" -> routed(record, within(record.value()));
      case "ExtractTopic$Header" -> routed(record, last(record));
      default -> throw new IllegalArgumentException(name);
    };
  }

  SinkRecord handled(SinkRecord record) {
    if (record.value() != null) return record;
    if (behavior.equalsIgnoreCase("fail")) throw new DataException("Tombstone record encountered");
    return null;
  }

  Object last(SinkRecord record) {
    Header header = record.headers().lastWithName(field);
    return header == null ? null : header.value();
  }

  Object within(Object data) {
    if (field.isEmpty() || data == null) return data;
    String[] steps = isPath ? field.replaceFirst("^\\$\\.?", "").replaceAll("\\[[\"']([^\"']+)[\"']\\]", ".$1").replaceFirst("^\\.", "").split("\\.") : new String[] {field};
    Object value = data;
    for (String step : steps) {
      if (value instanceof Struct struct) value = struct.schema().field(step) == null ? null : struct.get(step);
      else if (value instanceof Map<?, ?> map) value = map.get(step);
      else if (value != null) throw new DataException("Only objects have fields");
    }
    return value;
  }

  SinkRecord routed(SinkRecord record, Object topic) {
    if (topic instanceof String text && !text.isEmpty()) {
      return record.newRecord(text, record.kafkaPartition(), record.keySchema(), record.key(), record.valueSchema(), record.value(), record.timestamp());
    }
    if (skips && (topic == null || topic.equals(""))) return record;
    throw new DataException("The topic is missing, or no string");
  }

  @Override public ConfigDef config() { return new ConfigDef(); }
  @Override public void close() {}
}
