import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.rdf4j.model.Literal;
import org.eclipse.rdf4j.model.Statement;
import org.eclipse.rdf4j.model.Triple;
import org.eclipse.rdf4j.model.Value;
import org.eclipse.rdf4j.rio.helpers.AbstractRDFHandler;
import org.eclipse.rdf4j.rio.turtlestar.TurtleStarParser;

/**
 * What RDF4J reads in a file of Turtle-star: one line for each triple.
 *
 * <p>Fields are parted by blanks and URL-encoded: subject, predicate, object, where a quoted triple is its three parts
 * parted by commas; then the datatype, where the object is a literal. A file that is not Turtle-star ends the program
 * with an exception.
 */
public final class Star {
  public static void main(String[] arguments) throws Exception {
    TurtleStarParser parser = new TurtleStarParser();
    StringBuilder out = new StringBuilder();
    parser.setRDFHandler(
        new AbstractRDFHandler() {
          @Override
          public void handleStatement(Statement told) {
            out.append(field(told.getSubject())).append(' ').append(field(told.getPredicate())).append(' ');
            out.append(field(told.getObject()));
            if (told.getObject() instanceof Literal literal) {
              out.append(' ').append(field(literal.getDatatype()));
            }
            out.append('\n');
          }
        });
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      parser.parse(in, "");
    }
    System.out.print(out);
  }

  private static String field(Value value) {
    if (value instanceof Triple triple) {
      return field(triple.getSubject()) + "," + field(triple.getPredicate()) + "," + field(triple.getObject());
    }
    return URLEncoder.encode(value.stringValue(), StandardCharsets.UTF_8);
  }
}
