import java.io.BufferedWriter;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.jena.graph.Node;
import org.apache.jena.graph.Triple;
import org.apache.jena.riot.RDFLanguages;
import org.apache.jena.riot.RDFParser;
import org.apache.jena.riot.system.ErrorHandlerFactory;
import org.apache.jena.riot.system.StreamRDFBase;
import org.apache.jena.sparql.core.Quad;
import org.eclipse.rdf4j.model.Literal;
import org.eclipse.rdf4j.model.Statement;
import org.eclipse.rdf4j.model.Value;
import org.eclipse.rdf4j.rio.RDFFormat;
import org.eclipse.rdf4j.rio.Rio;
import org.eclipse.rdf4j.rio.helpers.AbstractRDFHandler;

/**
 * What RDF4J and Apache Jena read in files of RDF.
 *
 * <p>Arguments are threes: "rdf4j" or "jena"; the format, by the name that it has for Jena, or Turtle-star; a file.
 * Beside each file comes one that is called like it with the reader's name at its end. It has a line for each triple:
 * subject, predicate, object, graph, datatype and language, parted by blanks, URL-encoded, empty where there is none. A
 * quoted triple is its parts parted by commas. A file that is not what it is said to be, or that Jena warns of, ends the
 * program with an exception.
 */
public final class Readers {
  public static void main(String[] arguments) throws Exception {
    for (int i = 0; i < arguments.length; i += 3) {
      Path file = Path.of(arguments[i + 2]);
      Path told = Path.of(file + "." + arguments[i]);
      try (InputStream in = Files.newInputStream(file);
          BufferedWriter out = Files.newBufferedWriter(told)) {
        if (arguments[i].equals("jena")) {
          jena(in, arguments[i + 1], out);
        } else {
          rdf4j(in, arguments[i + 1], out);
        }
      }
    }
  }

  private static void rdf4j(InputStream in, String format, BufferedWriter out) throws IOException {
    var parser = Rio.createParser(format(format));
    parser.setRDFHandler(
        new AbstractRDFHandler() {
          @Override
          public void handleStatement(Statement told) {
            String datatype = "";
            String language = "";
            if (told.getObject() instanceof Literal literal) {
              datatype = field(literal.getDatatype());
              language = literal.getLanguage().orElse("");
            }
            String graph = told.getContext() == null ? "" : field(told.getContext());
            line(out, field(told.getSubject()), field(told.getPredicate()), field(told.getObject()), graph, datatype, language);
          }
        });
    parser.parse(in, "");
  }

  private static RDFFormat format(String name) {
    return switch (name) {
      case "Turtle" -> RDFFormat.TURTLE;
      case "Turtle-star" -> RDFFormat.TURTLESTAR;
      case "N-Triples" -> RDFFormat.NTRIPLES;
      case "N-Quads" -> RDFFormat.NQUADS;
      case "TriG" -> RDFFormat.TRIG;
      case "JSON-LD" -> RDFFormat.JSONLD;
      case "RDF/XML" -> RDFFormat.RDFXML;
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static String field(Value value) {
    if (value instanceof org.eclipse.rdf4j.model.Triple triple) {
      return field(triple.getSubject()) + "," + field(triple.getPredicate()) + "," + field(triple.getObject());
    }
    return encoded(value.stringValue());
  }

  private static void jena(InputStream in, String format, BufferedWriter out) {
    RDFParser.source(in)
        .lang(RDFLanguages.nameToLang(format))
        .errorHandler(ErrorHandlerFactory.errorHandlerStrictNoLogging)
        .parse(
            new StreamRDFBase() {
              @Override
              public void triple(Triple told) {
                quad(Quad.create(Quad.defaultGraphIRI, told));
              }

              @Override
              public void quad(Quad told) {
                Node object = told.getObject();
                String graph = told.isDefaultGraph() ? "" : field(told.getGraph());
                String datatype = object.isLiteral() ? encoded(object.getLiteralDatatypeURI()) : "";
                String language = object.isLiteral() ? object.getLiteralLanguage() : "";
                line(out, field(told.getSubject()), field(told.getPredicate()), field(object), graph, datatype, language);
              }
            });
  }

  private static String field(Node node) {
    return encoded(node.isLiteral() ? node.getLiteralLexicalForm() : node.toString());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static void line(BufferedWriter out, String... fields) {
    try {
      out.write(String.join(" ", fields) + "\n");
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }
}
