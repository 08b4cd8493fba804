"""Faust's Kafka transport with our delivery; `app_options` turns `kafka://` into its scheme, an entry point."""

from faust.transport.drivers import aiokafka

from issue_stream.carriage.delivery import AtOnce

SCHEME = "batched-kafka"


class Consumer(AtOnce, aiokafka.Consumer):
    """aiokafka's consumer, delivering at once."""


class Transport(aiokafka.Transport):
    """aiokafka's transport with that consumer."""

    Consumer = Consumer
