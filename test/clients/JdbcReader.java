// What a Java program (DBeaver, KNIME, Tableau with JDBC) sees through DatabaseMetaData and select. See lib/Clients.pm.
// usage: java JdbcReader SOCKET-FOLDER PORT DATABASE LOGIN FOLDER VIEW,VIEW...
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import javax.net.SocketFactory;

public class JdbcReader {
    // The private server listens on a Unix socket only, which the driver reaches through this.
    public static class UnixSockets extends SocketFactory {
        private final String path;
        public UnixSockets(String path) { this.path = path; }
        @Override public Socket createSocket() throws IOException { return new UnixSocket(path); }
        @Override public Socket createSocket(String host, int port) throws IOException { return createSocket(); }
        @Override public Socket createSocket(String host, int port, InetAddress from, int fromPort) throws IOException { return createSocket(); }
        @Override public Socket createSocket(InetAddress host, int port) throws IOException { return createSocket(); }
        @Override public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort) throws IOException { return createSocket(); }
    }

    private static class UnixSocket extends Socket {
        private final SocketChannel channel;
        UnixSocket(String path) throws IOException {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(path));
        }
        @Override public InputStream getInputStream() { return Channels.newInputStream(channel); }
        @Override public OutputStream getOutputStream() { return Channels.newOutputStream(channel); }
        @Override public boolean isConnected() { return true; }
        @Override public void connect(SocketAddress address, int timeout) { }
        @Override public void setTcpNoDelay(boolean on) { }
        @Override public void setKeepAlive(boolean on) { }
        @Override public void setSoTimeout(int timeout) { }
        @Override public int getSoTimeout() { return 0; }
        @Override public int getSendBufferSize() { return 8192; }
        @Override public int getReceiveBufferSize() { return 8192; }
        @Override public boolean isClosed() { return !channel.isOpen(); }
        @Override public void close() throws IOException { channel.close(); }
    }

    private static String plain(String text) {
        return text == null ? "" : text.replace('\t', ' ').replace('\n', ' ');
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r");
    }

    private static List<String> listTables(DatabaseMetaData data) throws SQLException {
        List<String> views = new ArrayList<>();
        try (ResultSet rows = data.getTables(null, null, "%", new String[] {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", "PARTITIONED TABLE"})) {
            while (rows.next()) {
                String schema = rows.getString("TABLE_SCHEM");
                System.out.println(String.join("\t", "table", schema, rows.getString("TABLE_NAME"), rows.getString("TABLE_TYPE"), plain(rows.getString("REMARKS"))));
                if (schema.equals("mo_dashboard")) {
                    views.add(rows.getString("TABLE_NAME"));
                }
            }
        }
        return views;
    }

    private static int count(ResultSet rows) throws SQLException {
        int found = 0;
        try (rows) {
            while (rows.next()) {
                found++;
            }
        }
        return found;
    }

    private static void describe(DatabaseMetaData data, String view) throws SQLException {
        try (ResultSet rows = data.getColumns(null, "mo_dashboard", view, "%")) {
            while (rows.next()) {
                System.out.println(String.join("\t", "column", view, rows.getString("COLUMN_NAME"), rows.getString("DATA_TYPE"), rows.getString("COLUMN_SIZE"),
                    String.valueOf(rows.getInt("DECIMAL_DIGITS")), plain(rows.getString("REMARKS"))));
            }
        }
        int keys = count(data.getPrimaryKeys(null, "mo_dashboard", view)) + count(data.getImportedKeys(null, "mo_dashboard", view))
            + count(data.getExportedKeys(null, "mo_dashboard", view)) + count(data.getIndexInfo(null, "mo_dashboard", view, true, true));
        System.out.println("keys\t" + view + "\t" + keys);
    }

    // A view as Java objects, a thousand rows at a time, as a pool with a fetch size does.
    private static void read(Connection connection, String view, Path folder) throws SQLException, IOException {
        try (Statement statement = connection.createStatement(); PrintWriter out = new PrintWriter(Files.newBufferedWriter(folder.resolve(view + ".tsv"), StandardCharsets.UTF_8))) {
            statement.setFetchSize(1000);
            try (ResultSet rows = statement.executeQuery("select * from mo_dashboard." + view)) {
                ResultSetMetaData data = rows.getMetaData();
                int width = data.getColumnCount();
                for (int i = 1; i <= width; i++) {
                    out.print((i > 1 ? "\t" : "") + data.getColumnLabel(i));
                    System.out.println(String.join("\t", "class", view, data.getColumnLabel(i), data.getColumnClassName(i)));
                }
                out.print("\n");
                while (rows.next()) {
                    for (int i = 1; i <= width; i++) {
                        Object cell = rows.getObject(i);
                        out.print((i > 1 ? "\t" : "") + (cell == null ? "\\N" : cell instanceof java.sql.Timestamp ? cell.toString().substring(0, 19) : escaped(cell.toString())));
                    }
                    out.print("\n");
                }
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        System.setOut(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        Properties settings = new Properties();
        settings.setProperty("user", arguments[3]);
        settings.setProperty("sslmode", "disable");
        settings.setProperty("socketFactory", UnixSockets.class.getName());
        settings.setProperty("socketFactoryArg", arguments[0] + "/.s.PGSQL." + arguments[1]);
        for (String threshold : new String[] {"0", "-1"}) {    // results as text, and in binary
            settings.setProperty("prepareThreshold", threshold);
            Path folder = Files.createDirectories(Path.of(arguments[4], threshold.equals("0") ? "text" : "binary", "rows"));
            try (Connection connection = DriverManager.getConnection("jdbc:postgresql://localhost/" + arguments[2], settings)) {
                connection.setAutoCommit(false);
                connection.setReadOnly(true);
                List<String> views = threshold.equals("0") ? listTables(connection.getMetaData()) : new ArrayList<>();
                for (String view : views) {
                    describe(connection.getMetaData(), view);
                }
                for (String view : threshold.equals("0") ? views : List.of(arguments[5].split(","))) {
                    read(connection, view, folder);
                }
            }
        }
    }
}
