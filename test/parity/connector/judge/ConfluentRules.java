// Confluent's ExtractTopic, Filter and TombstoneHandler, written after Confluent's documents: Maven Central has no jar of theirs. They judge
// what becomes of a record behind the transform, and not the transform itself; JsonPath itself judges the paths of Filter.
// https://docs.confluent.io/kafka-connectors/transforms/current/extracttopic.html
// https://docs.confluent.io/kafka-connectors/transforms/current/tombstonehandler.html
// https://docs.confluent.io/kafka-connectors/transforms/current/filter-confluent.html
import com.jayway.jsonpath.*;
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
  boolean isPath, skips, includes;
  JsonPath condition;

  ConfluentRules(String type) {
    name = type.substring(PACKAGE.length());
  }

  @Override public void configure(Map<String, ?> properties) {
    field = text(properties, "field", "");
    isPath = text(properties, "field.format", "PLAIN").equalsIgnoreCase("JSON_PATH");
    skips = text(properties, "skip.missing.or.null", "false").equalsIgnoreCase("true");
    behavior = text(properties, name.startsWith("Filter") ? "missing.or.null.behavior" : "behavior", name.startsWith("Filter") ? "fail" : "warn");
    includes = text(properties, "filter.type", "").equalsIgnoreCase("include");
    if (name.startsWith("Filter")) condition = JsonPath.compile(text(properties, "filter.condition", ""));
  }

  static String text(Map<String, ?> properties, String name, String otherwise) {
    return properties.get(name) == null ? otherwise : properties.get(name).toString();
  }

  @Override public SinkRecord apply(SinkRecord record) {
    return switch (name) {
      case "TombstoneHandler" -> handled(record);
      case "Filter$Key" -> filtered(record, record.key());
      case "Filter$Value" -> filtered(record, record.value());
      case "ExtractTopic$Key" -> routed(record, within(record.key()));
      case "ExtractTopic$Value" -> routed(record, within(record.value()));
      case "ExtractTopic$Header" -> routed(record, last(record));
      default -> throw new IllegalArgumentException(name);
    };
  }

  SinkRecord filtered(SinkRecord record, Object data) {
    if (data == null) return record;
    if (!(data instanceof Map || data instanceof Struct)) throw new DataException("Only objects have fields");
    try {
      List<?> found = condition.read(plain(data), Configuration.defaultConfiguration().addOptions(Option.ALWAYS_RETURN_LIST));
      return found.isEmpty() == includes ? null : record;
    } catch (PathNotFoundException error) {
      if (behavior.equalsIgnoreCase("fail")) throw error;
      return behavior.equalsIgnoreCase("include") ? record : null;
    }
  }

  /** Maps instead of structs, which JsonPath does not know. */
  static Object plain(Object data) {
    if (data instanceof List<?> list) {
      List<Object> plain = new ArrayList<>();
      for (Object each : list) plain.add(plain(each));
      return plain;
    }
    Map<Object, Object> plain = new LinkedHashMap<>();
    if (data instanceof Struct struct) struct.schema().fields().forEach(field -> plain.put(field.name(), plain(struct.get(field))));
    else if (data instanceof Map<?, ?> map) map.forEach((name, value) -> plain.put(name, plain(value)));
    else return data;
    return plain;
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
