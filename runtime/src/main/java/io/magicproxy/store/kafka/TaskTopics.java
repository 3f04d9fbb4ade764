package io.magicproxy.store.kafka;

import io.magicproxy.store.KafkaConfig;
import io.magicproxy.store.StoreException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics and the share group that the queue needs: made if they aren't there, and checked. */
final class TaskTopics {
    private static final String SHARE_VERSION = "share.version";
    private static final String MAX_MEMBERS = "group.share.max.size";
    private static final int ENOUGH_REPLICAS = 3;

    private final Admin admin;
    private final KafkaConfig config;
    private final KafkaFailures failures;

    TaskTopics(Admin admin, KafkaConfig config, KafkaFailures failures) {
        this.admin = admin;
        this.config = config;
        this.failures = failures;
    }

    /** The cluster can't be used as it is set up; waiting won't help. */
    static final class UnfitException extends StoreException {
        private static final long serialVersionUID = 1;

        UnfitException(String message) {
            super(message);
        }
    }

    void prepare() throws StoreException {
        Collection<Node> brokers = brokers();
        checkShareGroups();
        make(config.topic(), brokers.size());
        make(config.deadLetterTopic(), brokers.size());
        checkPartitions();
        beginWithTheOldest();
    }

    private Collection<Node> brokers() throws StoreException {
        return answer(admin.describeCluster().nodes());
    }

    private void checkShareGroups() throws StoreException {
        Map<String, FinalizedVersionRange> features =
                answer(admin.describeFeatures().featureMetadata()).finalizedFeatures();
        FinalizedVersionRange share = features.get(SHARE_VERSION);
        if (share == null || share.maxVersionLevel() < 1) {
            throw new UnfitException(
                    "Kafka at "
                            + String.join(", ", config.bootstrapServers())
                            + " has no share groups; it needs Kafka 4.2 or newer with the feature "
                            + SHARE_VERSION
                            + " at 1 or more (kafka-features.sh upgrade --feature "
                            + SHARE_VERSION
                            + "=1)");
        }
    }

    private void make(String topic, int brokers) throws StoreException {
        int copies = config.replicationFactor().orElse(Math.min(brokers, ENOUGH_REPLICAS));
        var fresh = new NewTopic(topic, Optional.of(1), Optional.of((short) copies));
        if (copies >= ENOUGH_REPLICAS) {
            fresh.configs(Map.of("min.insync.replicas", "2"));
        }
        try {
            var _ = admin.createTopics(List.of(fresh)).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw failures.away(
                        "the topic " + topic + " can't be made: " + KafkaFailures.why(e));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failures.away("interrupted");
        }
    }

    /** Several would be taken from in any order, and by some workers only. */
    private void checkPartitions() throws StoreException {
        TopicDescription topic =
                only(answer(admin.describeTopics(List.of(config.topic())).allTopicNames()));
        if (topic.partitions().size() != 1) {
            throw new UnfitException(
                    "the topic "
                            + config.topic()
                            + " has "
                            + topic.partitions().size()
                            + " partitions, and must have 1; name another one with"
                            + " backend_settings.kafka.topic, or delete it");
        }
    }

    /** What was sent before the first worker came is for it, too. */
    private void beginWithTheOldest() throws StoreException {
        var group = new ConfigResource(ConfigResource.Type.GROUP, config.group());
        var oldest =
                new AlterConfigOp(
                        new ConfigEntry("share.auto.offset.reset", "earliest"),
                        AlterConfigOp.OpType.SET);
        answer(admin.incrementalAlterConfigs(Map.of(group, List.of(oldest))).all());
    }

    /** Before a worker joins: each is a member of the group, however many slots it has. */
    void checkMembers() throws StoreException {
        int members = members();
        for (Map.Entry<ConfigResource, Config> broker :
                answer(admin.describeConfigs(resources(brokers())).all()).entrySet()) {
            ConfigEntry most = broker.getValue().get(MAX_MEMBERS);
            if (most != null && members >= Integer.parseInt(most.value())) {
                throw new UnfitException(
                        "the group "
                                + config.group()
                                + " has "
                                + members
                                + " workers, and broker "
                                + broker.getKey().name()
                                + " allows "
                                + most.value()
                                + "; raise its "
                                + MAX_MEMBERS
                                + ", or give fewer workers more slots (backend_settings.queue.slots)");
            }
        }
    }

    private static List<ConfigResource> resources(Collection<Node> brokers) {
        return brokers.stream()
                .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
                .toList();
    }

    private int members() throws StoreException {
        try {
            Map<String, ShareGroupDescription> found =
                    admin.describeShareGroups(List.of(config.group())).all().get();
            return only(found).members().size();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw failures.away(KafkaFailures.why(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failures.away("interrupted");
        }
    }

    private static <T> T only(Map<String, T> found) {
        return found.values().iterator().next();
    }

    private <T> T answer(KafkaFuture<T> asked) throws StoreException {
        return failures.answer(() -> asked);
    }
}
