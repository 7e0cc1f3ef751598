/// In what capacity somebody decides. Who may act in which is for the review of the signed commit, not for this program: a decision says it.
public enum Role: String, Sendable, CaseIterable {
    case finOpsLead = "FinOps Lead"
    case cloudEngineer = "Cloud Engineer"
    case productOwner = "Product Owner"
    case portfolioOwner = "Portfolio Owner"
    case financialAdmin = "Financial Admin"
}
