import java.io.File;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;

/** Prints what keeps an ontology out of OWL 2 DL, a line each, by the OWL API that comes with HermiT. */
class Profile {
  public static void main(String[] files) throws Exception {
    OWLOntology ontology = OWLManager.createOWLOntologyManager().loadOntologyFromOntologyDocument(new File(files[0]));
    System.err.println(ontology.getAxiomCount() + " axioms");
    for (OWLProfileViolation violation : new OWL2DLProfile().checkOntology(ontology).getViolations()) {
      System.out.println(violation.toString().replace('\n', ' '));
    }
  }
}
