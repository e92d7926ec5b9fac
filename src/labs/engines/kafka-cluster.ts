/** Holds a librdkafka mock cluster until it is killed; its addresses stand in the log it prints. Started by kafka.ts. */
import { KafkaClient } from 'kafka-crab-js';

const brokers = process.argv[2] ?? '3';
const client = new KafkaClient({ brokers: 'mock', clientId: 'mock-cluster', logLevel: 'info' });
// The cluster lives as long as this producer.
const producer = client.createProducer({ configuration: { 'test.mock.num.brokers': brokers } });
setInterval(() => producer.inFlightCount(), 60_000);
