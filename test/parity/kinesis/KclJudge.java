import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.BufferedOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import software.amazon.kinesis.retrieval.AggregatorUtil;
import software.amazon.kinesis.retrieval.KinesisClientRecord;

/**
 * What an application on the KCL gets of Kinesis records. judges.ts has the format of both streams: one line a question,
 * one line for each user record that comes of it.
 */
public class KclJudge {
    private static final String NONE = "-";

    public static void main(String[] arguments) throws Exception {
        BufferedReader questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream answers = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, "US-ASCII");
        long number = 0;
        for (String line; (line = questions.readLine()) != null; number++) {
            String[] fields = line.split("\t", -1);
            KinesisClientRecord record = KinesisClientRecord.builder()
                    .partitionKey(text(fields[0]))
                    .explicitHashKey(text(fields[1]))
                    .data(ByteBuffer.wrap(Base64.getDecoder().decode(fields[2])))
                    .sequenceNumber(String.valueOf(number))
                    .approximateArrivalTimestamp(Instant.EPOCH)
                    .build();
            List<KinesisClientRecord> userRecords = new AggregatorUtil()
                    .deaggregate(List.of(record), new BigInteger(fields[3]), new BigInteger(fields[4]));
            for (KinesisClientRecord each : userRecords) {
                answers.println(String.join("\t", String.valueOf(number), base64(each.partitionKey()),
                        base64(each.explicitHashKey()), base64(each.data()), each.aggregated() ? "1" : "0"));
            }
        }
        answers.flush();
    }

    private static String text(String base64) {
        return base64.equals(NONE) ? null : new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static String base64(String text) {
        return text == null ? NONE : Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.duplicate().get(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
