"""What can be said, and how it is said in Chinese: classes and properties (kg.ttl), wordings and names."""
