// The design of a consumer that puts one record a call: for each partition, one PutRecord a message, waited for, under a
// key of its own. It starts at the message: a real one also reads Kafka.
// Environment: AWS_ENDPOINT_URL, AWS_REGION, the credentials. Arguments: messages, partitions, bytes. Prints {"seconds": ..}.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
)

const streamARN = "arn:aws:kinesis:eu-west-1:222222222222:stream/orders"

func main() {
	messages, partitions, valueBytes := argument(1), argument(2), argument(3)
	client := kinesis.New(kinesis.Options{
		Region:       os.Getenv("AWS_REGION"),
		BaseEndpoint: aws.String(os.Getenv("AWS_ENDPOINT_URL")),
		Credentials: credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")),
	})
	consume(client, partitions, partitions, valueBytes) // connects
	startedAt := time.Now()
	consume(client, messages, partitions, valueBytes)
	fmt.Printf("{\"seconds\": %f}\n", time.Since(startedAt).Seconds())
}

func argument(index int) int {
	value, err := strconv.Atoi(os.Args[index])
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func consume(client *kinesis.Client, messages, partitions, valueBytes int) {
	var group sync.WaitGroup
	for partition := range partitions {
		group.Go(func() {
			value := bytes.Repeat([]byte("x"), valueBytes)
			for offset := range messages / partitions {
				_, err := client.PutRecord(context.Background(), &kinesis.PutRecordInput{
					StreamARN:    aws.String(streamARN),
					Data:         value,
					PartitionKey: aws.String(fmt.Sprintf("orders-%d-%d", partition, offset)),
				})
				if err != nil {
					log.Fatal(err)
				}
			}
		})
	}
	group.Wait()
}
