// The MongoDB sink connector 2.0.1 itself, with Kafka Connect's converters and transforms around it, as a worker runs them. A line of
// standard input is a case, a line of standard output is what became of the records: `{"dead": {"t-0@3": "why"}, "stopped": "why"}`.
// java -cp .. ConnectorJudge CA_FILE
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.mongodb.kafka.connect.sink.MongoSinkTask;
import java.io.*;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.KeyStore;
import java.security.cert.*;
import java.util.*;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.*;
import org.apache.kafka.connect.storage.*;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

public class ConnectorJudge {
  static final ObjectMapper JSON = new ObjectMapper();
  /** Where Connect finds a class that is named by its last part. */
  static final List<String> PACKAGES = List.of("", "org.apache.kafka.connect.transforms.", "org.apache.kafka.connect.transforms.predicates.",
      "org.apache.kafka.connect.storage.", "org.apache.kafka.connect.json.", "org.apache.kafka.connect.converters.", "io.debezium.transforms.");

  public static void main(String[] args) throws Exception {
    trust(args[0]);
    PrintStream answers = System.out;
    System.setOut(System.err); // what a library prints is no answer
    BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = questions.readLine()) != null; ) {
      answers.write((JSON.writeValueAsString(judge(JSON.readTree(line))) + "\n").getBytes(StandardCharsets.UTF_8));
      answers.flush();
    }
    System.exit(0);
  }

  /** The server's certificate, for every client of this JVM. */
  static void trust(String caFile) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(Paths.get(caFile))) {
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) store.setCertificateEntry("ca" + count++, each);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    SSLContext.setDefault(context);
  }

  static ObjectNode judge(JsonNode question) throws Exception {
    Map<String, String> props = properties(question.get("uri").asText(), question);
    Map<String, String> dead = new TreeMap<>();
    String stopped = null;
    try {
      deliver(props, question.get("records"), dead);
    } catch (Throwable error) {
      stopped = causes(error);
    }
    ObjectNode answer = JSON.createObjectNode();
    answer.set("dead", JSON.valueToTree(dead));
    answer.put("stopped", stopped);
    return answer;
  }

  static String causes(Throwable error) {
    StringBuilder text = new StringBuilder();
    for (Throwable each = error; each != null && text.length() < 1000; each = each.getCause()) text.append(each).append(" <- ");
    return text.toString();
  }

  static Map<String, String> properties(String uri, JsonNode question) throws IOException {
    Properties read = new Properties();
    if (question.has("text")) read.load(new StringReader(question.get("text").asText()));
    else question.get("properties").fields().forEachRemaining(each -> read.setProperty(each.getKey(), each.getValue().asText()));
    Map<String, String> props = new HashMap<>();
    String prefix = question.get("databasePrefix").asText();
    for (String name : read.stringPropertyNames()) {
      if (name.startsWith("msksinks.")) continue; // what the connector does not know
      boolean isDatabase = name.equals("database") || (name.startsWith("topic.override.") && name.endsWith(".database"));
      props.put(name, (isDatabase ? prefix : "") + read.getProperty(name).trim());
    }
    question.get("environment").fields().forEachRemaining(each ->
        props.replaceAll((name, value) -> value.replace("${env:" + each.getKey() + "}", each.getValue().asText())));
    question.get("overrides").fields().forEachRemaining(each -> props.put(each.getKey(), each.getValue().asText()));
    props.keySet().removeIf(name -> name.startsWith("connection."));
    props.put("connection.uri", uri);
    return props;
  }

  static void deliver(Map<String, String> props, JsonNode lines, Map<String, String> dead) throws Exception {
    boolean isTolerant = "all".equals(props.getOrDefault("errors.tolerance", "none").toLowerCase(Locale.ROOT));
    Converter key = converter(props, "key.converter", true), value = converter(props, "value.converter", false);
    HeaderConverter header = new SimpleHeaderConverter();
    header.configure(Map.of("converter.type", "header"));
    List<Step> steps = steps(props);
    MongoSinkTask task = new MongoSinkTask();
    task.initialize(context(props, dead));
    task.start(props);
    takeTimeseriesAsChecked(task);
    try {
      List<SinkRecord> records = new ArrayList<>();
      for (JsonNode line : lines) {
        try {
          SinkRecord record = converted(line, key, value, header);
          for (Step step : steps) if (record != null) record = step.apply(record);
          if (record != null) records.add(record);
        } catch (Exception error) {
          if (!isTolerant) throw error;
          dead.put(line.get("topic").asText() + "-" + line.get("partition").asInt() + "@" + line.get("offset").asLong(), causes(error));
        }
      }
      task.put(records);
      task.flush(new HashMap<>());
    } finally {
      task.stop();
    }
  }

  /** The stand-in has no time series collections: the connector is told that they exist, and writes into ordinary ones. */
  static void takeTimeseriesAsChecked(MongoSinkTask task) throws ReflectiveOperationException {
    var started = MongoSinkTask.class.getDeclaredField("startedTask");
    started.setAccessible(true);
    var checked = started.getType().getDeclaredField("checkedTimeseriesNamespaces");
    checked.setAccessible(true);
    checked.set(started.get(task), new HashSet<>() {
      @Override public boolean contains(Object namespace) { return true; }
    });
  }

  static SinkRecord converted(JsonNode line, Converter key, Converter value, HeaderConverter header) {
    String topic = line.get("topic").asText();
    RecordHeaders raw = new RecordHeaders();
    ConnectHeaders headers = new ConnectHeaders();
    for (JsonNode each : line.get("headers")) {
      byte[] bytes = each.get(1).isNull() ? null : each.get(1).asText().getBytes(StandardCharsets.UTF_8);
      raw.add(each.get(0).asText(), bytes);
      headers.add(each.get(0).asText(), header.toConnectHeader(topic, each.get(0).asText(), bytes));
    }
    SchemaAndValue k = key.toConnectData(topic, raw, bytes(line, "keyBase64")), v = value.toConnectData(topic, raw, bytes(line, "valueBase64"));
    return new SinkRecord(topic, line.get("partition").asInt(), k.schema(), k.value(), v.schema(), v.value(), line.get("offset").asLong(),
        line.get("timestamp").asLong(), TimestampType.CREATE_TIME, headers);
  }

  static byte[] bytes(JsonNode line, String name) {
    return line.hasNonNull(name) ? Base64.getDecoder().decode(line.get(name).asText()) : null;
  }

  static Map<String, String> under(Map<String, String> props, String prefix) {
    Map<String, String> found = new HashMap<>();
    props.forEach((name, value) -> { if (name.startsWith(prefix)) found.put(name.substring(prefix.length()), value); });
    return found;
  }

  static Object made(String name) throws Exception {
    for (String each : PACKAGES) {
      try {
        return Class.forName(each + name).getDeclaredConstructor().newInstance();
      } catch (ClassNotFoundException | NoClassDefFoundError error) {
        // the next package
      }
    }
    throw new ClassNotFoundException(name);
  }

  static Converter converter(Map<String, String> props, String name, boolean isKey) throws Exception {
    Converter converter = (Converter) made(props.getOrDefault(name, "org.apache.kafka.connect.storage.StringConverter"));
    converter.configure(under(props, name + "."), isKey);
    return converter;
  }

  /** A transform with its predicate, as org.apache.kafka.connect.runtime.TransformationStage. */
  record Step(Transformation<SinkRecord> transform, Predicate<SinkRecord> predicate, boolean negate) {
    SinkRecord apply(SinkRecord record) {
      return predicate == null || predicate.test(record) != negate ? transform.apply(record) : record;
    }
  }

  @SuppressWarnings("unchecked")
  static List<Step> steps(Map<String, String> props) throws Exception {
    List<Step> steps = new ArrayList<>();
    for (String alias : props.getOrDefault("transforms", "").split(",")) {
      if (alias.isBlank()) continue;
      Map<String, String> own = under(props, "transforms." + alias.trim() + ".");
      String type = own.remove("type"), named = own.remove("predicate"), negate = own.remove("negate");
      Transformation<SinkRecord> transform = type.trim().startsWith(ConfluentRules.PACKAGE)
          ? new ConfluentRules(type.trim()) : (Transformation<SinkRecord>) made(type.trim());
      transform.configure(own);
      Predicate<SinkRecord> predicate = null;
      if (named != null && !named.isBlank()) {
        Map<String, String> its = under(props, "predicates." + named.trim() + ".");
        predicate = (Predicate<SinkRecord>) made(its.remove("type").trim());
        predicate.configure(its);
      }
      steps.add(new Step(transform, predicate, "true".equalsIgnoreCase(negate)));
    }
    return steps;
  }

  static SinkTaskContext context(Map<String, String> props, Map<String, String> dead) {
    ErrantRecordReporter reporter = (record, error) -> {
      dead.putIfAbsent(record.originalTopic() + "-" + record.originalKafkaPartition() + "@" + record.originalKafkaOffset(), causes(error));
      return CompletableFuture.completedFuture(null);
    };
    return (SinkTaskContext) Proxy.newProxyInstance(ConnectorJudge.class.getClassLoader(), new Class<?>[] {SinkTaskContext.class}, (proxy, method, given) -> switch (method.getName()) {
      case "configs" -> props;
      case "errantRecordReporter" -> reporter;
      case "assignment" -> new HashSet<TopicPartition>();
      default -> null;
    });
  }
}
