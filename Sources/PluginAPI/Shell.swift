/// The border to every POSIX shell: a value that crosses it is quoted here.
public enum Shell {
    /// One word that a shell takes for exactly this text. A NUL cannot be part of any word and ends it.
    public static func quoted(_ text: String) -> String {
        // By scalar: a combining mark after a quote makes one character of both.
        var word = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { word += #"'\''"# } else { word.unicodeScalars.append(scalar) }
        }
        return word + "'"
    }
}
