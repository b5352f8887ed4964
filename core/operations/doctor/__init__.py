"""``banyan doctor``: looks at everything that an operator can get wrong, and says what, why and how to put it right."""

from core.operations.doctor.examination import examine as examine
from core.operations.doctor.findings import Finding as Finding
