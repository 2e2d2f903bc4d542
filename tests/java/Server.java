import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.connectors.ConnectorPortRegister;
import org.neo4j.configuration.connectors.ConnectorType;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;
import org.neo4j.kernel.internal.GraphDatabaseAPI;

/**
 * Neo4j Community on the loopback interface.
 *
 * <p>Arguments: folder of the data; port, 0 for any free one; password of the user neo4j, empty for no
 * authentication; "keep" or "discard", which says what becomes of the data at the end. When it answers, one line with
 * the port is printed. It ends when its standard input does, so it cannot outlive whoever started it.
 */
final class Server {
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toAbsolutePath();
        int port = Integer.parseInt(arguments[1]);
        String password = arguments[2];
        boolean discard = arguments[3].equals("discard");

        Thread end = new Thread(() -> {
            awaitEndOfInput();
            if (discard) {
                // Nothing is worth an orderly end.
                delete(home);
                Runtime.getRuntime().halt(0);
            }
            System.exit(0);
        });
        end.setDaemon(true);
        end.start();
        DatabaseManagementService service = new DatabaseManagementServiceBuilder(home)
                .setConfig(BoltConnector.enabled, true)
                .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", port))
                .setConfig(BoltConnector.advertised_address, new SocketAddress("127.0.0.1", port))
                .setConfig(GraphDatabaseSettings.auth_enabled, !password.isEmpty())
                .setConfig(GraphDatabaseSettings.auth_lock_time, Duration.ZERO)
                .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(128))
                .build();
        if (!discard) {
            Runtime.getRuntime().addShutdownHook(new Thread(service::shutdown));
        }
        GraphDatabaseAPI system = (GraphDatabaseAPI) service.database("system");
        if (!password.isEmpty()) {
            system.executeTransactionally(
                    "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED", Map.of("password", password));
        }
        System.out.println(system.getDependencyResolver()
                .resolveDependency(ConnectorPortRegister.class)
                .getLocalAddress(ConnectorType.BOLT)
                .getPort());
        end.join();
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Whatever is written says nothing.
            }
        } catch (IOException closed) {
            // As good as its end.
        }
    }

    private static void delete(Path folder) {
        try (var files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException gone) {
            // Then there is nothing to delete.
        }
    }
}
